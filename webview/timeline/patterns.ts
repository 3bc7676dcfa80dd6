/** The shapes that tell states apart without their colours: hatch, frame, casing, arrow head. */
export type Canvas = CanvasRenderingContext2D;

/** Diagonal lines; their phase is anchored to the canvas, so neighbours line up and nothing crawls while panning. */
export function hatch(
  g: Canvas,
  x: number,
  y: number,
  width: number,
  height: number,
  line: { readonly step: number; readonly width: number; readonly color: string; readonly isFalling?: boolean },
): void {
  g.save();
  g.beginPath();
  g.rect(x, y, width, height);
  g.clip();
  g.strokeStyle = line.color;
  g.lineWidth = line.width;
  g.beginPath();
  const from = line.isFalling ? x : x - height;
  for (let at = Math.floor(from / line.step) * line.step; at < x + width + height; at += line.step) {
    if (line.isFalling) {
      g.moveTo(at - height, y);
      g.lineTo(at, y + height);
    } else {
      g.moveTo(at, y + height);
      g.lineTo(at + height, y);
    }
  }
  g.stroke();
  g.restore();
}

/** A frame inside the given rectangle. */
export function frame(g: Canvas, x: number, y: number, width: number, height: number, color: string, line = 1): void {
  g.strokeStyle = color;
  g.lineWidth = line;
  g.strokeRect(x + line / 2, y + line / 2, Math.max(0, width - line), Math.max(0, height - line));
}

/** A filled arrow head whose point is at (x, y), up or down. */
export function arrowHead(g: Canvas, x: number, y: number, direction: 1 | -1, size: number, color: string): void {
  g.fillStyle = color;
  g.beginPath();
  g.moveTo(x, y);
  g.lineTo(x - size * 0.55, y - direction * size);
  g.lineTo(x + size * 0.55, y - direction * size);
  g.fill();
}

/** Words on a filled plate, centred; for the closed loop. */
export function plate(
  g: Canvas,
  x: number,
  y: number,
  text: string,
  colors: { readonly text: string; readonly fill: string; readonly border: string },
): void {
  const width = Math.ceil(g.measureText(text).width) + 12;
  const left = Math.round(x - width / 2);
  const top = Math.round(y - 9);
  g.fillStyle = colors.fill;
  g.beginPath();
  g.roundRect(left, top, width, 18, 3);
  g.fill();
  g.strokeStyle = colors.border;
  g.lineWidth = 1;
  g.beginPath();
  g.roundRect(left + 0.5, top + 0.5, width - 1, 17, 3);
  g.stroke();
  g.fillStyle = colors.text;
  g.textBaseline = 'middle';
  g.fillText(text, left + 6, y + 0.5);
}
