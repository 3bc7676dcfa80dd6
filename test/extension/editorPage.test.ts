import assert from 'node:assert/strict';
import { editorPage } from '../../src/extension/editorPage.js';

const resources = {
  cspSource: 'https://files.test',
  script: 'https://files.test/a&b.js',
  style: 'https://files.test/"s".css',
};

describe('the page of the trace editor', () => {
  it('lets in nothing but its own files, each script by a nonce that is used once', () => {
    const pages = [editorPage(resources), editorPage(resources)];
    const nonces = pages.map((page) => /<script nonce="([^"]{24,})"/.exec(page)?.[1]);
    assert.notEqual(nonces[0], nonces[1]);
    const [page, nonce] = [pages[0] ?? '', nonces[0] ?? ''];
    const policy = (/http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '').replaceAll(
      '&#39;',
      "'",
    );
    assert.ok(policy.startsWith("default-src 'none'; "));
    assert.ok(policy.includes(`script-src 'nonce-${nonce}';`));
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.equal(page.match(/<script/g)?.length, 1);
    assert.doesNotMatch(page, /style="|onload|<style/);
  });

  it('escapes addresses', () => {
    const page = editorPage(resources);
    assert.ok(page.includes('src="https://files.test/a&#38;b.js"'));
    assert.ok(page.includes('href="https://files.test/&#34;s&#34;.css"'));
  });
});
