/**
 * The strongly connected parts of a graph over the nodes `0 … edges.length - 1` (Tarjan, without recursion: a chain of
 * waits may be as long as there are threads). Parts come in reverse topological order: what a part leads to, first.
 */
export function stronglyConnected(edges: readonly (readonly number[])[]): number[][] {
  const count = edges.length;
  const index = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const isOpen = new Uint8Array(count);
  const nextEdge = new Int32Array(count);
  const open: number[] = [];
  const parts: number[][] = [];
  let visited = 0;

  const enter = (node: number, path: number[]): void => {
    index[node] = low[node] = visited++;
    isOpen[node] = 1;
    open.push(node);
    path.push(node);
  };
  const lower = (node: number, to: number): void => {
    if (to < (low[node] as number)) low[node] = to;
  };

  for (let root = 0; root < count; root++) {
    if (index[root] !== -1) continue;
    const path: number[] = [];
    enter(root, path);
    while (path.length > 0) {
      const node = path[path.length - 1] as number;
      const to = edges[node]?.[nextEdge[node] as number];
      nextEdge[node] = (nextEdge[node] as number) + 1;
      if (to !== undefined) {
        if (index[to] === -1) enter(to, path);
        else if (isOpen[to] === 1) lower(node, index[to] as number);
        continue;
      }
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined) lower(parent, low[node] as number);
      if (low[node] !== index[node]) continue;
      const part: number[] = [];
      for (let member = -1; member !== node;) {
        member = open.pop() as number;
        isOpen[member] = 0;
        part.push(member);
      }
      parts.push(part);
    }
  }
  return parts;
}
