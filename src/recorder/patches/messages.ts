/** Messages: what is posted, when it is delivered, when its listeners have returned, who listens, and who has closed. */
import type { Channels } from '../ports/channels.js';
import { ListenLog } from '../ports/listenLog.js';
import type { Payloads } from '../payload/payloads.js';
import type { ThreadRecorder } from '../threadRecorder.js';
import { patchBroadcastChannel } from './broadcastChannel.js';
import { patchClose } from './closing.js';
import { patchDelivery } from './delivery.js';
import { patchListening } from './listening.js';
import { patchMessageChannel } from './messageChannel.js';
import { patchPost } from './posting.js';
import { patchWorkerPost } from './workerChannel.js';

export function patchMessages(recorder: ThreadRecorder, channels: Channels, payloads: Payloads): void {
  patchPost(recorder, channels, payloads);
  patchWorkerPost(recorder, channels);
  patchDelivery(recorder, channels, payloads);
  const listens = new ListenLog(recorder, channels);
  patchListening(recorder, channels, listens);
  patchClose(recorder, channels, listens);
  patchMessageChannel(recorder, channels);
  patchBroadcastChannel(recorder, channels, listens);
}
