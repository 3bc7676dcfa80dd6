/**
 * What the schema of SARIF 2.1.0 says of the objects that we write: their keys with the type of each, `!` for those that
 * must be there. No object may have other keys.
 */
const shapes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  log: { $schema: 'uri', version: '"2.1.0"!', runs: 'run[]!' },
  run: {
    tool: 'tool!',
    invocations: 'invocation[]',
    originalUriBaseIds: 'artifactLocation{}',
    columnKind: '"utf16CodeUnits"',
    results: 'result[]',
  },
  tool: { driver: 'toolComponent!' },
  toolComponent: {
    name: 'text!',
    version: 'text',
    semanticVersion: 'text',
    informationUri: 'uri',
    rules: 'reportingDescriptor[]',
  },
  reportingDescriptor: {
    id: 'text!',
    name: 'text',
    shortDescription: 'multiformatMessageString',
    fullDescription: 'multiformatMessageString',
    help: 'multiformatMessageString',
    helpUri: 'uri',
    defaultConfiguration: 'reportingConfiguration',
    properties: 'any',
  },
  multiformatMessageString: { text: 'text!', markdown: 'text' },
  reportingConfiguration: { level: 'level' },
  invocation: { executionSuccessful: 'boolean!', toolExecutionNotifications: 'notification[]' },
  notification: { level: 'level', message: 'message!' },
  message: { text: 'text!' },
  result: {
    ruleId: 'text',
    ruleIndex: 'index',
    level: 'level',
    message: 'message!',
    locations: 'location[]',
    relatedLocations: 'location[]',
    codeFlows: 'codeFlow[]',
    partialFingerprints: 'text{}',
    baselineState: '"new"|"unchanged"',
    suppressions: 'suppression[]',
    occurrenceCount: 'number',
    properties: 'any',
  },
  suppression: { kind: '"external"!', status: '"accepted"', justification: 'text' },
  location: {
    id: 'index',
    physicalLocation: 'physicalLocation',
    logicalLocations: 'logicalLocation[]',
    message: 'message',
  },
  logicalLocation: { name: 'text', kind: 'text' },
  physicalLocation: { artifactLocation: 'artifactLocation!', region: 'region' },
  artifactLocation: { uri: 'portableUri', uriBaseId: 'text', description: 'message' },
  region: { startLine: 'number', startColumn: 'number' },
  codeFlow: { threadFlows: 'threadFlow[]+!' },
  threadFlow: { id: 'text', locations: 'threadFlowLocation[]+!' },
  threadFlowLocation: { location: 'location', stack: 'stack', executionOrder: 'index' },
  stack: { frames: 'stackFrame[]!' },
  stackFrame: { location: 'location' },
};

const isNumber =
  (from: number) =>
  (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= from;

const plain: Readonly<Record<string, (value: unknown) => boolean>> = {
  any: (value) => typeof value === 'object',
  boolean: (value) => typeof value === 'boolean',
  text: (value) => typeof value === 'string' && value !== '',
  index: isNumber(0),
  number: isNumber(1),
  level: (value) => ['none', 'note', 'warning', 'error'].includes(value as string),
  uri: (value) => URL.canParse(value as string),
  // Relative to something, never to the machine: no drive, no root, and only what URIs may hold; or an address, as `node:fs`.
  portableUri: (value) =>
    /^(?!\/)[\w\-.~!*'()%/]+$/.test(value as string) ||
    /^(?!file:)[a-z][a-z\d+.-]+:[\w\-.~!*'()%/;,?:@&=+$#]*$/i.test(value as string),
};

/** What is wrong with a value, each with its path; empty: nothing. */
export function sarifMistakes(value: unknown, type = 'log', path = type): string[] {
  const list = /^(\w+)\[\](\+?)$/.exec(type);
  if (list) {
    if (!Array.isArray(value) || (list[2] === '+' && value.length === 0)) return [`${path} is no list of ${list[1]}`];
    return value.flatMap((item, i) => sarifMistakes(item, list[1], `${path}[${i}]`));
  }
  if (type.endsWith('{}')) {
    return Object.entries(value as object).flatMap(([key, item]) =>
      sarifMistakes(item, type.slice(0, -2), `${path}.${key}`),
    );
  }
  if (type.startsWith('"')) return type.split('|').includes(JSON.stringify(value)) ? [] : [`${path} is not ${type}`];
  const isPlain = plain[type];
  if (isPlain) return isPlain(value) ? [] : [`${path} is no ${type}: ${JSON.stringify(value)}`];
  return objectMistakes(value as Readonly<Record<string, unknown>>, shapes[type] ?? {}, path);
}

function objectMistakes(
  value: Readonly<Record<string, unknown>>,
  shape: Readonly<Record<string, string>>,
  path: string,
): string[] {
  if (typeof value !== 'object' || value === null) return [`${path} is no object`];
  const missing = Object.entries(shape).filter(([key, type]) => type.endsWith('!') && !(key in value));
  return [
    ...missing.map(([key]) => `${path}.${key} is missing`),
    ...Object.entries(value).flatMap(([key, item]) => {
      const type = shape[key];
      return type === undefined
        ? [`${path}.${key} is unknown`]
        : sarifMistakes(item, type.replace('!', ''), `${path}.${key}`);
    }),
  ];
}
