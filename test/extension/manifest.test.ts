import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND, CONTEXT_KEY, SETTINGS_SECTION, TRACE_VIEW } from '../../src/extension/commandIds.js';
import type { TraceSettings } from '../../src/extension/traceSettings.js';

const root = join(__dirname, '../..');
const text = readFileSync(join(root, 'package.json'), 'utf8');
const strings = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly dependencies?: unknown;
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category: string; readonly enablement?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>>;
    readonly customEditors: readonly { readonly viewType: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> };
  };
}
const manifest = JSON.parse(text) as Manifest;
const { commands, menus, customEditors, configuration } = manifest.contributes;

describe('the manifest', () => {
  it('has every command of the code, and no other', () => {
    assert.deepEqual(commands.map(({ command }) => command).sort(), Object.values(COMMAND).sort());
    assert.ok(commands.every(({ category }) => category === 'Threadlanes'));
    const inMenus = Object.values(menus).flatMap((items) => items.map(({ command }) => command));
    const known: readonly string[] = Object.values(COMMAND);
    assert.deepEqual(
      inMenus.filter((command) => !known.includes(command)),
      [],
    );
  });

  it('has the editor and the context keys of the code', () => {
    assert.deepEqual(
      customEditors.map(({ viewType }) => viewType),
      [TRACE_VIEW],
    );
    assert.equal(commands.find(({ command }) => command === COMMAND.stop)?.enablement, CONTEXT_KEY.tracing);
    assert.ok(text.includes(`activeCustomEditorId == '${TRACE_VIEW}'`));
  });

  it('has every setting of the code, and trusts none that a folder brings', () => {
    const settings: Record<keyof TraceSettings, string> = {
      runtime: 'machine-overridable',
      runtimeArguments: 'machine-overridable',
      programArguments: 'resource',
      environment: 'machine-overridable',
      cwd: 'resource',
      traceFolder: 'resource',
    };
    const scopes = Object.entries(configuration.properties).map(([name, { scope }]) => [name, scope]);
    assert.deepEqual(
      scopes,
      Object.entries(settings).map(([name, scope]) => [`${SETTINGS_SECTION}.${name}`, scope]),
    );
    assert.deepEqual(
      [...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(),
      scopes.map(([name]) => name).sort(),
    );
    assert.equal(commands.find(({ command }) => command === COMMAND.traceProgram)?.enablement, 'isWorkspaceTrusted');
  });

  it('says every text in package.nls.json, and has no text without a use', () => {
    const used = [...text.matchAll(/"%([\w.-]+)%"/g)].map((match) => match[1] as string);
    assert.deepEqual(Object.keys(strings).sort(), [...new Set(used)].sort());
  });

  it('is activated by what it contributes, needs no package, and matches the API it is written against', () => {
    assert.deepEqual(manifest.activationEvents, []);
    assert.equal(manifest.dependencies, undefined);
    assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
  });
});
