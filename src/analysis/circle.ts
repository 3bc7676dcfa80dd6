import type { DeadEdge } from './deadEdges.js';

/** What decides alone is preferred to what was only seen before. */
const strength: readonly DeadEdge['kind'][] = ['own', 'join', 'message', 'role', 'may'];

/**
 * The shortest circle within a strongly connected part, as edges: each leads to the thread from which the next starts.
 * Null when there is none but of waits for atomic words, whose roles are only guessed at.
 */
export function circleIn(
  part: readonly number[],
  edges: readonly DeadEdge[],
  isWord: (object: number) => boolean,
): DeadEdge[] | null {
  const members = new Set(part);
  const inside = edges
    .filter(({ from, to }) => members.has(from) && members.has(to) && from !== to)
    .sort((a, b) => strength.indexOf(a.kind) - strength.indexOf(b.kind));
  const outOf = new Map<number, DeadEdge[]>();
  for (const edge of inside) outOf.set(edge.from, [...(outOf.get(edge.from) ?? []), edge]);
  let best: DeadEdge[] | null = null;
  for (const start of [...part].sort((a, b) => a - b)) {
    const circle = shortestBack(start, outOf);
    const isSure = circle !== null && circle.some(({ kind, object }) => kind !== 'role' || !isWord(object));
    if (isSure && (best === null || circle.length < best.length)) best = circle;
  }
  return best;
}

/** Breadth first from a thread until it is reached again. */
function shortestBack(start: number, outOf: ReadonlyMap<number, readonly DeadEdge[]>): DeadEdge[] | null {
  const cameBy = new Map<number, DeadEdge>();
  const queue = [start];
  for (const thread of queue) {
    for (const edge of outOf.get(thread) ?? []) {
      if (edge.to === start) return pathTo(start, edge, cameBy);
      if (cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, edge);
      queue.push(edge.to);
    }
  }
  return null;
}

function pathTo(start: number, last: DeadEdge, cameBy: ReadonlyMap<number, DeadEdge>): DeadEdge[] {
  const path = [last];
  for (let from = last.from; from !== start;) {
    const edge = cameBy.get(from) as DeadEdge;
    path.unshift(edge);
    from = edge.from;
  }
  return path;
}
