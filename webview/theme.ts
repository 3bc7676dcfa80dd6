/**
 * The palette: every colour of the page, by the CSS variable that carries it. Read once and again when the theme
 * changes; no colour is written anywhere else.
 */
import { rgb } from 'd3';

/** What is contributed under `contributes.colors`, and what VS Code itself gives to a page. */
const VARIABLES = {
  running: '--vscode-threadlanes-running',
  runningForeground: '--vscode-threadlanes-runningForeground',
  loopIdle: '--vscode-threadlanes-loopIdle',
  blocked: '--vscode-threadlanes-blocked',
  waiting: '--vscode-threadlanes-waiting',
  parked: '--vscode-threadlanes-parked',
  unknown: '--vscode-threadlanes-unknown',
  lockHeld: '--vscode-threadlanes-lockHeld',
  lockWanted: '--vscode-threadlanes-lockWanted',
  deadlock: '--vscode-threadlanes-deadlock',
  deadlockForeground: '--vscode-threadlanes-deadlockForeground',
  arrow: '--vscode-threadlanes-arrow',
  background: '--vscode-editor-background',
  foreground: '--vscode-foreground',
  secondary: '--vscode-descriptionForeground',
  border: '--vscode-panel-border',
  focus: '--vscode-focusBorder',
  warning: '--vscode-editorWarning-foreground',
  info: '--vscode-editorInfo-foreground',
} as const;

export type Token = keyof typeof VARIABLES;

export type ThemeKind = 'dark' | 'light' | 'highContrast';

/** How much of a colour a tint has: areas in high contrast are told by their outline and pattern alone. */
const TINT: Readonly<Record<ThemeKind, number>> = { dark: 0.24, light: 0.17, highContrast: 0 };

export interface Palette extends Readonly<Record<Token, string>> {
  readonly kind: ThemeKind;
  readonly isHighContrast: boolean;
  readonly tint: number;
  readonly gridLine: string;
  readonly fontFamily: string;
  /** `share` of a colour, the rest background: opaque, so that grid and hatches never shine through. */
  mix(token: Token, share: number): string;
  /** The same as a pixel of an `ImageData` (little endian ABGR). */
  pixel(token: Token, share: number): number;
}

function themeKind(body: HTMLElement): ThemeKind {
  if (body.classList.contains('vscode-high-contrast') || body.classList.contains('vscode-high-contrast-light')) {
    return 'highContrast';
  }
  return body.classList.contains('vscode-light') ? 'light' : 'dark';
}

/** Reads the palette from the variables that hold for `body`. */
export function readPalette(body: HTMLElement): Palette {
  const style = getComputedStyle(body);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const kind = themeKind(body);
  const background = rgb(read(VARIABLES.background) || style.backgroundColor);
  const opaque = (text: string, share = 1): { r: number; g: number; b: number } => {
    const color = rgb(text);
    const part = color.opacity * share;
    const blend = (over: number, under: number): number => Math.round(over * part + under * (1 - part));
    return { r: blend(color.r, background.r), g: blend(color.g, background.g), b: blend(color.b, background.b) };
  };
  const css = ({ r, g, b }: { r: number; g: number; b: number }): string => rgb(r, g, b).formatRgb();
  const raw = Object.fromEntries(
    Object.entries(VARIABLES).map(([token, variable]) => [token, read(variable) || style.color]),
  ) as Record<Token, string>;
  const solid = Object.fromEntries(Object.entries(raw).map(([token, text]) => [token, css(opaque(text))])) as Record<
    Token,
    string
  >;
  const mixed = new Map<string, string>();
  return {
    ...solid,
    kind,
    isHighContrast: kind === 'highContrast',
    tint: TINT[kind],
    gridLine: css(opaque(raw.foreground, kind === 'highContrast' ? 0.22 : 0.07)),
    fontFamily: style.fontFamily,
    mix(token, share) {
      const key = `${token} ${share}`;
      let color = mixed.get(key);
      if (color === undefined) mixed.set(key, (color = css(opaque(raw[token], share))));
      return color;
    },
    pixel(token, share) {
      const { r, g, b } = opaque(raw[token], share);
      return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
    },
  };
}

/** Calls back when VS Code changes the theme: it rewrites the class of `body` and the style of `html`. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  return () => observer.disconnect();
}

/** People who asked for less motion, of the system or of VS Code. */
export function isMotionReduced(): boolean {
  return (
    document.body.classList.contains('vscode-reduce-motion') || matchMedia('(prefers-reduced-motion: reduce)').matches
  );
}
