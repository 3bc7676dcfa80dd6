/** The channel to the host: messages out, messages in, the state that outlives a hidden page. */
import type { HostToView, IntervalDetails, SourceLine, Step, ViewToHost } from '../src/protocol/messages.js';
import type { FindingFrame } from '../src/protocol/verdict.js';

interface VsCodeApi {
  postMessage(message: ViewToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** What the host says on its own account: all but the answers to questions. */
export type HostNews = Exclude<HostToView, { type: 'details' } | { type: 'lines' }>;

export interface TileQuestion {
  readonly level: number;
  readonly first: number;
  readonly count: number;
  readonly lanes: readonly number[];
}

export interface Host {
  readonly post: (message: ViewToHost) => void;
  /** Asks for tiles; the answer comes as news. Returns the request's number. */
  readonly askTiles: (question: TileQuestion) => number;
  readonly askDetails: (lane: number, timeMs: number, step: Step) => Promise<IntervalDetails | null>;
  readonly askLines: (
    frames: readonly { readonly file: string; readonly line: number }[],
  ) => Promise<readonly SourceLine[]>;
  readonly openSource: (frame: Pick<FindingFrame, 'file' | 'line' | 'column'>) => void;
  readonly state: () => unknown;
  readonly keep: (state: unknown) => void;
}

/** Connects to VS Code. May be called once a page: VS Code hands its API out once. */
export function connectHost(hear: (news: HostNews) => void): Host {
  const api = acquireVsCodeApi();
  const pending = new Map<number, (answer: HostToView) => void>();
  let lastRequest = 0;

  window.addEventListener('message', (event: MessageEvent<HostToView>) => {
    const message = event.data;
    if (message.type === 'details' || message.type === 'lines') {
      pending.get(message.request)?.(message);
      pending.delete(message.request);
    } else {
      hear(message);
    }
  });

  function ask<Answer extends HostToView>(message: (request: number) => ViewToHost): Promise<Answer> {
    const request = ++lastRequest;
    return new Promise((resolve) => {
      pending.set(request, resolve as (answer: HostToView) => void);
      api.postMessage(message(request));
    });
  }

  return {
    post: (message) => api.postMessage(message),
    askTiles(question) {
      const request = ++lastRequest;
      api.postMessage({ type: 'tiles', request, ...question });
      return request;
    },
    async askDetails(lane, timeMs, step) {
      const answer = await ask<Extract<HostToView, { type: 'details' }>>((request) => ({
        type: 'details',
        request,
        lane,
        timeMs,
        step,
      }));
      return answer.details;
    },
    async askLines(frames) {
      const asked = frames.map(({ file, line }) => ({ file, line }));
      const answer = await ask<Extract<HostToView, { type: 'lines' }>>((request) => ({
        type: 'lines',
        request,
        frames: asked,
      }));
      return answer.lines;
    },
    openSource: ({ file, line, column }) => api.postMessage({ type: 'openSource', file, line, column, beside: true }),
    state: () => api.getState(),
    keep: (state) => api.setState(state),
  };
}
