/** Icons of 16 px, drawn with lines of 1.15 px in the colour of the text around them. */
const PATHS = {
  error: ['M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2', 'M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4'],
  warning: ['M8 2.2L14.2 13.4H1.8z', 'M8 6.3v3.6M8 11.6v.1'],
  note: ['M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2', 'M8 7.2v4M8 4.9v.1'],
  deadlock: ['M3.2 9.6A5 5 0 0 0 12 11.2M12.8 6.4A5 5 0 0 0 4 4.8', 'M12.6 8.6v2.9H9.8M3.4 7.4V4.5h2.8'],
  behind: ['M3 4.5h4.5a2 2 0 0 1 2 2V12M7.3 9.9L9.5 12l2.2-2.1'],
  whole: ['M2 8h12M4.5 5.5L2 8l2.5 2.5M11.5 5.5L14 8l-2.5 2.5'],
  help: ['M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2', 'M6.2 6.4a1.9 1.9 0 1 1 2.6 1.9c-.6.3-.8.6-.8 1.2M8 11.3v.1'],
  opened: ['M4 6l4 4 4-4'],
  closed: ['M6 4l4 4-4 4'],
  lock: ['M3.5 8a1 1 0 0 1 1-1h7a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1z', 'M5.5 7V5a2.5 2.5 0 0 1 5 0v2'],
  lone: ['M1.5 8h11M12.5 5.8v4.4'],
  follow: ['M2 8h9M7.5 4.5L11 8l-3.5 3.5M14 3v10'],
  pause: ['M5.5 3.5v9M10.5 3.5v9'],
  stop: ['M4 4h8v8H4z'],
} as const;

export type IconName = keyof typeof PATHS;

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name: IconName, className = ''): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon ${className}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
