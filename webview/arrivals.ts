/** What the host says, put into the store: a trace opened, grew, tiles came, a finding is to be shown. */
import type { HostNews } from './host.js';
import type { Navigation } from './navigation.js';
import { restoreView } from './savedView.js';
import type { Store, Trace } from './store.js';
import type { Picture } from './timeline/picture.js';
import { rangeOfFinding, wholeRange } from './viewRange.js';

/** Where the picture starts: as it was left, else at the worst finding if that is an error, else the whole trace. */
function openTrace(store: Store, trace: Trace, kept: unknown): void {
  store.update({ trace, progress: null, failure: null });
  const saved = restoreView(kept);
  const worst = trace.verdict?.findings[0];
  const shown = worst ? 0 : -1;
  if (saved) {
    store.update({ ...saved, finding: saved.finding === undefined || saved.finding < 0 ? shown : saved.finding });
    return;
  }
  const range = worst?.severity === 'error' && !trace.live ? rangeOfFinding(store.state, 0) : null;
  store.update({ range: range ?? wholeRange(store.state), finding: shown });
}

function isWholeShown(store: Store): boolean {
  const whole = wholeRange(store.state);
  const { range } = store.state;
  return Math.abs(range.start - whole.start) < 1 && Math.abs(range.end - whole.end) < 1;
}

const findingIds = (trace: Trace | null): string =>
  JSON.stringify(trace?.verdict?.findings.map(({ fingerprint, circle }) => [fingerprint, circle]));

function grow(store: Store, trace: Trace, navigation: Navigation, picture: Picture): void {
  const before = store.state.trace;
  const wasWhole = isWholeShown(store);
  const wasLive = before?.live === true;
  const isNews = findingIds(before) !== findingIds(trace);
  // A new finding flags intervals that began long ago; else only what reaches the end has changed.
  picture.staleFrom(isNews ? 0 : (before?.durationMs ?? 0) * 1e6);
  store.update({
    trace,
    finding: store.state.finding < 0 && (trace.verdict?.findings.length ?? 0) > 0 ? 0 : store.state.finding,
  });
  void navigation.renewSelection();
  if (!store.state.isFollowing) return;
  if (wasWhole) store.update({ range: wholeRange(store.state) });
  else if (wasLive) navigation.keepUp();
}

/** Makes what hears the host. */
export function makeArrivals(
  store: Store,
  page: { readonly navigation: Navigation; readonly picture: Picture; readonly kept: unknown },
): (news: HostNews) => void {
  const { navigation, picture } = page;
  let reveal = -1;
  return (news) => {
    switch (news.type) {
      case 'opened':
        picture.staleFrom(0);
        openTrace(store, news, page.kept);
        if (reveal >= 0) navigation.showFinding(reveal);
        return;
      case 'grew':
        if (store.state.trace) grow(store, news, navigation, picture);
        else openTrace(store, news, page.kept);
        return;
      case 'tile':
        picture.take(news);
        return;
      case 'progress':
        store.update({ progress: { read: news.readEvents, expected: news.expectedEvents } });
        return;
      case 'reveal':
        // It may come before the trace: it is shown as soon as there is one.
        if (store.state.trace) navigation.showFinding(news.index);
        else reveal = news.index;
        return;
      case 'step':
        navigation.stepFinding(news.by);
        return;
      case 'failed':
        store.update({ failure: news.sentence, progress: null });
    }
  };
}
