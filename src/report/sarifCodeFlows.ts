import type { FindingLocation } from '../analysis/finding.js';
import type { CheckedFinding } from './checked.js';
import { frameLocation, sarifLocation } from './sarifLocation.js';

/** What each thread did, in the order in which it happened: the columns of the story. None where one thread does it all. */
export function sarifCodeFlows(one: CheckedFinding): object[] {
  const { threads, locations } = one.finding;
  const inOrder = [...locations].sort((a, b) => a.timeMs - b.timeMs);
  const acting = [...new Set(locations.map(({ thread }) => thread))];
  if (acting.length < 2) return [];
  const threadFlows = acting.map((thread) => ({
    id: threads.find(({ id }) => id === thread)?.name ?? `thread ${thread}`,
    locations: inOrder
      .filter((location) => location.thread === thread)
      .map((location) => stepOf(one, location, inOrder.indexOf(location) + 1)),
  }));
  return [{ threadFlows }];
}

/** @param executionOrder from 1, over all threads */
function stepOf(one: CheckedFinding, location: FindingLocation, executionOrder: number): object {
  const frames = [location, ...location.stack].map((frame) => ({ location: frameLocation(one.folder, frame) }));
  return {
    location: sarifLocation(one, location),
    ...(frames.length > 1 && { stack: { frames } }),
    executionOrder,
  };
}
