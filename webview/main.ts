/** The page: builds its parts, connects them with the store, and tells the host that it is ready. */
import './style.css';
import { makeArrivals } from './arrivals.js';
import { connectHost, type Host, type HostNews } from './host.js';
import { actOnKey } from './keyboard.js';
import { Navigation } from './navigation.js';
import { drawNotice } from './notice.js';
import { buildFrame, type PageFrame } from './pageFrame.js';
import { makeDetails } from './panels/details.js';
import { makeFindings } from './panels/findings.js';
import { makeKeySheet } from './panels/keySheet.js';
import { makeLegend } from './panels/legend.js';
import { makeTooltip } from './panels/tooltip.js';
import { makeVerdictBar } from './panels/verdictBar.js';
import { heldWhilePressed } from './press.js';
import { saveView } from './savedView.js';
import { listenToSplitter, panelHeight } from './splitter.js';
import { Store, type Listener, type State } from './store.js';
import { listenToMouse } from './timeline/interaction.js';
import { fillLabelColumn } from './timeline/labelColumn.js';
import { Picture } from './timeline/picture.js';

/** Below this the page is half an editor wide. */
const NARROW_BELOW = 900;
const SAVE_AFTER_MS = 200;
/** What the heights of the page's parts follow from. */
const ARRANGED: readonly (keyof State)[] = ['trace', 'failure', 'opened', 'tab', 'panelHeight', 'isNarrow'];

function arrange(frame: PageFrame, state: State, lanesHeight: number): void {
  const { root, panel, scroller, legend } = frame;
  root.classList.toggle('is-narrow', state.isNarrow);
  root.dataset['tab'] = state.tab;
  const total = root.clientHeight;
  const chrome = total - panel.offsetHeight - scroller.offsetHeight;
  if (!root.classList.contains('has-no-picture') && legend.offsetHeight > 0) {
    const height = panelHeight(total, chrome, lanesHeight + 8, state.panelHeight);
    panel.style.height = `${height}px`;
    frame.splitter.setAttribute('aria-valuenow', String(height));
    frame.splitter.setAttribute('aria-valuemax', String(total));
  }
}

function drawTabs(frame: PageFrame, state: State): void {
  frame.findingsTab.setAttribute('aria-selected', String(!state.isNarrow || state.tab === 'findings'));
  frame.detailsTab.setAttribute('aria-selected', String(!state.isNarrow || state.tab === 'details'));
  frame.findingsCount.textContent = String(state.trace?.verdict?.findings.length ?? '');
}

function drawProgress({ progress }: PageFrame, { progress: read }: State): void {
  progress.hidden = read === null;
  if (read) progress.style.width = `${Math.min(100, (100 * read.read) / Math.max(1, read.expected))}%`;
}

/** The focused event, in the tooltip's words. */
function speak({ live }: PageFrame, state: State, before: State): void {
  const { selection } = state;
  const isSame = selection?.lane === before.selection?.lane && selection?.startMs === before.selection?.startMs;
  if (selection && !isSame) live.textContent = selection.text.join(', ').replaceAll('`', '');
}

function keepView(store: Store, host: Host): void {
  let timer = 0;
  store.subscribe(() => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (store.state.trace) host.keep(saveView(store.state));
    }, SAVE_AFTER_MS);
  });
}

function start(root: HTMLElement): void {
  const frame = buildFrame(root);
  const store = new Store();
  let hear: (news: HostNews) => void = () => undefined;
  const host = connectHost((news) => hear(news));
  const drawLegend = makeLegend(frame.legend);
  const picture: Picture = new Picture(
    { axis: frame.axis, lanes: frame.canvas, scroller: frame.scroller },
    store,
    host,
    (seen) => drawLegend(store.state, seen, picture.palette),
  );
  const navigation = new Navigation(store, host, picture, frame.scroller);
  const sheet = makeKeySheet(root);
  const showFindings = (): void => {
    store.update({ tab: 'findings' });
    frame.findings.focus();
  };
  const drawVerdict = makeVerdictBar({
    bar: frame.verdict,
    host,
    navigation,
    showFindings,
    showKeys: () => sheet.toggle(),
  });
  const drawFindings = makeFindings({
    list: frame.findings,
    show: (index, tab) => navigation.showFinding(index, tab),
    open: (finding) => finding.locations[0] && host.openSource(finding.locations[0]),
  });
  const drawDetails = makeDetails(frame.details, host);
  const { hovered, renew } = makeTooltip(frame.tooltip, host, picture, ({ lane, cause }) => {
    const { hover } = store.state;
    if (cause && hover?.lane === lane) store.update({ hover: { ...hover, cause } });
  });

  listenToMouse({ canvas: frame.canvas, scroller: frame.scroller, picture, store, navigation, hovered });
  listenToSplitter(frame, store);
  frame.findingsTab.addEventListener('click', showFindings);
  frame.detailsTab.addEventListener('click', () => store.update({ tab: 'details' }));
  const keyTarget = { navigation, toggleSheet: () => sheet.toggle(), closeSheet: () => sheet.close() };
  document.addEventListener('keydown', (event) => {
    // Enter on a button or a link is theirs; everything else works wherever the focus is.
    const isControl = event.target instanceof HTMLButtonElement;
    if (isControl && (event.key === 'Enter' || event.key === ' ')) return;
    if (actOnKey(event, keyTarget)) event.preventDefault();
  });

  const draw: Listener = (state, before) => {
    const isTraceSame = state.trace === before.trace;
    if (!isTraceSame || state.failure !== before.failure) drawNotice(frame, state, host);
    drawVerdict(state);
    drawProgress(frame, state);
    drawTabs(frame, state);
    if (!isTraceSame || state.opened !== before.opened || state.isNarrow !== before.isNarrow) {
      const toggle = (thread: number): void => navigation.toggleLocks(thread);
      const isDense = picture.layout.size === 'dense';
      const endMs = state.trace?.durationMs ?? 0;
      const options = { isNarrow: state.isNarrow, isDense, endMs, toggle };
      const hasMeasures = fillLabelColumn(frame.labels, picture.layout, options);
      root.classList.toggle('has-no-measures', !hasMeasures);
    }
    if (!isTraceSame || state.finding !== before.finding) drawFindings(state);
    drawDetails(state, before);
    if (!isTraceSame) renew();
    speak(frame, state, before);
    // Measuring lays the page out: not with every step of a pan, a zoom or the pointer.
    if (ARRANGED.some((part) => state[part] !== before[part])) arrange(frame, state, picture.layout.height);
  };
  store.subscribe(heldWhilePressed(draw));
  keepView(store, host);
  new ResizeObserver(() => {
    store.update({ isNarrow: root.clientWidth < NARROW_BELOW });
    arrange(frame, store.state, picture.layout.height);
  }).observe(root);

  hear = makeArrivals(store, { navigation, picture, kept: host.state() });
  drawVerdict(store.state);
  drawNotice(frame, store.state, host);
  host.post({ type: 'ready' });
}

const root = document.getElementById('app');
if (root) start(root);
