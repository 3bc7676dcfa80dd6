/** The page that holds the timeline. Its policy lets nothing in but our own two files. */
import { randomBytes } from 'node:crypto';

export interface PageResources {
  /** What VS Code says is the origin of the extension's files. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
}

const attribute = (text: string): string => text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);

export function editorPage({ cspSource, script, style }: PageResources): string {
  const nonce = randomBytes(18).toString('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${attribute(policy)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${attribute(style)}" />
    <title>Threadlanes</title>
  </head>
  <body>
    <div id="app"></div>
    <script nonce="${nonce}" src="${attribute(script)}"></script>
  </body>
</html>
`;
}
