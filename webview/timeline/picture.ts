/** Paints the axis and the lanes, once a frame and only when something changed. */
import type { TileAnswer } from '../../src/protocol/messages.js';
import type { Host } from '../host.js';
import { breaksOff, type State, type Store, type Trace } from '../store.js';
import { readPalette, watchTheme, type Palette } from '../theme.js';
import { drawArrows, drawCause, type ArrowScene } from './arrows.js';
import { AXIS_HEIGHT, drawAxis } from './axis.js';
import { drawFrames, drawLoop, drawWash } from './deadlockLoop.js';
import { DensityPainter } from './density.js';
import { DensitySheet } from './densitySheet.js';
import { Labels } from './labels.js';
import { drawFindingMarks } from './findingMarks.js';
import { drawLanes } from './laneRenderer.js';
import { layOut, type Layout } from './layout.js';
import { drawHover, drawSelection } from './marks.js';
import type { Seen } from './stateShapes.js';
import { fitSurface } from './surface.js';
import { drawGrid, drawTornEdge } from './ground.js';
import { TileCache } from './tileCache.js';
import { TileLoader } from './tileLoader.js';
import { TimeScale } from './timeScale.js';

export interface PictureElements {
  readonly axis: HTMLCanvasElement;
  readonly lanes: HTMLCanvasElement;
  /** Scrolls the rows; the canvas stays in its view. */
  readonly scroller: HTMLElement;
}

const noLayout: Layout = { rows: [], height: 0, size: 'normal', cycles: [] };

export class Picture {
  readonly cache = new TileCache();
  readonly #elements: PictureElements;
  readonly #store: Store;
  readonly #loader: TileLoader;
  readonly #drawn: (seen: Seen) => void;
  readonly #sheet = new DensitySheet();
  #palette: Palette;
  #layout = noLayout;
  #labels: Labels | null = null;
  #width = 0;
  #height = 0;
  #isScheduled = false;

  constructor(elements: PictureElements, store: Store, host: Host, drawn: (seen: Seen) => void) {
    this.#elements = elements;
    this.#store = store;
    this.#loader = new TileLoader(host, this.cache);
    this.#drawn = drawn;
    this.#palette = readPalette(document.body);
    watchTheme(() => {
      this.#palette = readPalette(document.body);
      this.redraw();
    });
    new ResizeObserver(() => this.#measure()).observe(elements.lanes);
    elements.scroller.addEventListener('scroll', () => this.redraw());
    store.subscribe((state, before) => {
      const isLaidOut = state.trace === before.trace && state.opened === before.opened;
      if (!isLaidOut || state.isNarrow !== before.isNarrow) this.#layOut(state);
      this.redraw();
    });
  }

  get layout(): Layout {
    return this.#layout;
  }

  get palette(): Palette {
    return this.#palette;
  }

  get scale(): TimeScale {
    return new TimeScale(this.#store.state.range, Math.max(1, this.#width));
  }

  /** The end of the trace as far as it was told, in ns. */
  get end(): number {
    return (this.#store.state.trace?.durationMs ?? 0) * 1e6;
  }

  redraw(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#paint();
    });
  }

  take(answer: TileAnswer): void {
    if (this.#loader.take(answer)) this.redraw();
  }

  /** Tiles that end after `time` (ns) are asked anew when they are in view. */
  staleFrom(time: number): void {
    this.#loader.staleFrom(time);
  }

  #layOut(state: State): void {
    this.#layout = state.trace ? layOut(state.trace, state) : noLayout;
    this.#labels = state.trace ? new Labels(state.trace, this.#layout.cycles, state.isNarrow) : null;
  }

  #measure(): void {
    this.#width = this.#elements.lanes.clientWidth;
    this.#height = this.#elements.lanes.clientHeight;
    this.redraw();
  }

  #lanesInView(top: number): number[] {
    const inView = this.#layout.rows.filter((row) => row.y + row.height >= top && row.y <= top + this.#height);
    return inView.flatMap((row) => (row.holdsLane === null ? [row.lane] : [row.lane, row.holdsLane]));
  }

  #paint(): void {
    const { trace } = this.#store.state;
    if (!trace || !this.#labels || this.#width === 0 || this.#height === 0) return;
    const top = this.#elements.scroller.scrollTop;
    this.#loader.need(this.scale, this.#lanesInView(top), this.end);
    this.#paintAxis(trace);
    this.#drawn(this.#paintLanes(trace, this.#labels, top));
  }

  #paintAxis(trace: Trace): void {
    const { g } = fitSurface(this.#elements.axis, this.#width, AXIS_HEIGHT);
    const now = trace.live ? this.end : null;
    const { isNarrow } = this.#store.state;
    drawAxis({ g, scale: this.scale, palette: this.#palette, cycles: this.#layout.cycles, now, isNarrow });
  }

  #drawCauses(scene: ArrowScene, { hover, selection }: State): void {
    const of = hover && scene.layout.rows.find((row) => row.lane === hover.lane);
    if (hover?.cause && of) drawCause(scene, hover.cause, { thread: of.thread.id, time: hover.end }, false);
    if (!selection?.cause) return;
    drawCause(scene, selection.cause, { thread: selection.thread, time: selection.endMs * 1e6 }, true);
  }

  #paintLanes(trace: Trace, labels: Labels, top: number): Seen {
    const surface = fitSurface(this.#elements.lanes, this.#width, this.#height);
    const { g } = surface;
    const { state } = this.#store;
    const { scale, end } = this;
    const palette = this.#palette;
    const layout = this.#layout;
    g.fillStyle = palette.background;
    g.fillRect(0, 0, this.#width, this.#height);
    g.save();
    g.translate(0, -top);
    drawGrid({ g, scale, palette, layout });
    const deadlock = { g, scale, palette, layout, end, isNarrow: state.isNarrow };
    if (state.hover) drawHover({ g, scale, palette, layout, end }, state.hover);
    drawWash(deadlock);
    drawArrows({ g, scale, palette, layout }, trace.arrows);
    const bottom = top + this.#height;
    const density = new DensityPainter(g, scale, surface.ratio, palette, this.#sheet, { top, bottom });
    const seen = drawLanes({ ...deadlock, labels, cache: this.cache, density, hover: state.hover, top, bottom });
    drawFrames(deadlock);
    const findings = trace.verdict?.findings ?? [];
    drawFindingMarks({ g, scale, palette, layout, findings, shown: state.finding }, seen.marks);
    if (state.hover) drawHover({ g, scale, palette, layout, end }, state.hover, true);
    if (state.selection) drawSelection({ g, scale, palette, layout, end }, state.selection);
    this.#drawCauses({ g, scale, palette, layout }, state);
    const shown = layout.cycles.find((cycle) => cycle.finding === state.finding) ?? layout.cycles[0];
    if (shown) drawLoop(deadlock, shown);
    if (trace.live) {
      g.fillStyle = palette.focus;
      g.fillRect(Math.round(scale.x(end)), 0, 1, layout.height);
    }
    if (breaksOff(trace)) drawTornEdge({ g, scale, palette, layout }, end);
    g.restore();
    return seen;
  }
}
