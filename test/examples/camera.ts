/** Pictures of timelines: the built page in Chromium before the index of a trace, from the verdict down to the legend. */
import type { Browser, Page } from 'playwright-core';
import type { HostToView } from '../../src/protocol/messages.js';
import { openPage, settle, type OpenPage, type PageHost } from '../webview/harness.js';
import type { Frame } from './frames.js';
import { IndexedRun } from './indexedRun.js';

/** In pixels of the page; of the file there are {@link SCALE} times as many. */
export const WIDTH = 960;
export const SCALE = 1.25;
/** So high that the lanes of every example have room above the panel, which no picture shows. */
const HEIGHT = 900;

export interface Picture {
  readonly png: Buffer;
  /** What stands above the lanes. */
  readonly verdict: string;
  /** The names of the threads. */
  readonly lanes: readonly string[];
  /** The words of the legend: what there is to see. */
  readonly legend: readonly string[];
  /** Everything that the page says. */
  readonly text: string;
  /** How many pixels of the lanes have the colour of a running thread, and of an error. */
  readonly pixels: { readonly running: number; readonly error: number };
}

/** One page for all pictures. */
export class Camera {
  private run: IndexedRun | null = null;
  private say: (message: HostToView) => void = () => undefined;

  private constructor(private open: OpenPage | null) {}

  static async make(browser: Browser): Promise<Camera> {
    const camera = new Camera(null);
    const host: PageHost = {
      attach: (say) => (camera.say = say),
      answer: (message) => {
        camera.run?.answer(message);
        return null;
      },
    };
    camera.open = await openPage(browser, host, { width: WIDTH, height: HEIGHT, scale: SCALE });
    // The view as the page would have kept it, for when it is loaded anew.
    await camera.page.addInitScript(() => {
      (window as { keptState?: unknown }).keptState = JSON.parse(sessionStorage.getItem('view') ?? 'null');
    });
    return camera;
  }

  /** Null for the frame: as the page opens. */
  async take(trace: string, frame: Frame | null): Promise<Picture> {
    const { page } = this;
    this.run = null;
    const run = await IndexedRun.open(trace, (message) => this.say(message));
    const view = frame && {
      range: run.rangeOf(frame),
      opened: run.threadIds(frame.locksOf ?? []).map((id) => [id, true]),
    };
    await page.evaluate((text) => sessionStorage.setItem('view', text), JSON.stringify(view));
    this.run = run;
    await page.reload();
    await page.locator('.label').first().waitFor();
    await settle(page);
    return { png: await shotOf(page), ...(await seenOn(page)) };
  }

  async close(): Promise<void> {
    await this.open?.close();
  }

  get errors(): readonly string[] {
    return this.open?.errors ?? [];
  }

  private get page(): Page {
    return (this.open as OpenPage).page;
  }
}

/** From the verdict to the legend. */
async function shotOf(page: Page): Promise<Buffer> {
  const bottom = await page.locator('.legend').evaluate((legend) => legend.getBoundingClientRect().bottom);
  return page.screenshot({ clip: { x: 0, y: 0, width: WIDTH, height: Math.ceil(bottom) } });
}

async function seenOn(page: Page): Promise<Omit<Picture, 'png'>> {
  const texts = (selector: string): Promise<string[]> => page.locator(selector).allInnerTexts();
  const [verdict, lanes, legend, [text = '']] = await Promise.all([
    texts('[role="status"]'),
    texts('.label:not(.lock) .name'),
    texts('.legend .entry'),
    texts('body'),
  ]);
  const [running = 0, error = 0] = await pixelsOf(page, ['running', 'deadlock']);
  return { verdict: verdict.join(' '), lanes, legend, text, pixels: { running, error } };
}

/** How many pixels of the lanes have exactly one of our colours, for each of them. */
function pixelsOf(page: Page, colors: readonly string[]): Promise<number[]> {
  return page.locator('.picture-view canvas').evaluate((canvas, names) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    const style = getComputedStyle(document.body);
    return names.map((name) => {
      const color = parseInt(style.getPropertyValue(`--vscode-threadlanes-${name}`).trim().slice(1), 16);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!) === color) count++;
      }
      return count;
    });
  }, colors);
}
