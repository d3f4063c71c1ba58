import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import type { Clock } from '@obb/core/clock'
import type { Downloads } from '@obb/core/links'
import { Forwarding } from '@obb/core/origin'
import type { ObjectStore } from '@obb/core/storage'
import { ClientConnections } from '../http/client-connections.js'
import { FileUses } from '../links/file-uses.js'
import type { OffloadMode } from '../download/offload.js'
import { LinkConnectionLimit } from '../links/link-connection-limit.js'
import { CLOCK, DOWNLOADS, OBJECT_STORE, OFFLOAD, TIMING, type Timing } from '../ports.js'
import { RunningStreams } from '../streams/running-streams.js'
import { QuickConnection, type QuickParts } from './quick-connection.js'

/*
 * The quick way for small ranges, of which players and indexers ask for thousands. Node's HTTP server alone costs more
 * per request than nginx does for the whole of it, so a connection begins here, on the bare socket: a head that is
 * plainly a GET of one small range of a file that is ready is answered from here, head and body in one write.
 *
 * Whatever else happens, before a byte is sent, is not decided here: the socket goes to the HTTP server with the head
 * that was read put back, as if nothing had been, and stays there. So there is one place for refusals, waiting,
 * conditions, large answers and broken stores, and what is here has no failures of its own. What both share is what
 * an answer is: `decide` and `answerOf`, the places of a link, the bookkeeping of connections.
 */

/** Every connection begins as a quick one, unless somebody else sends the bytes. */
@Injectable()
export class SmallRanges implements OnApplicationBootstrap, QuickParts {
  constructor(
    @Inject(DOWNLOADS) readonly downloads: Downloads,
    @Inject(OBJECT_STORE) readonly store: ObjectStore,
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(TIMING) readonly timing: Timing,
    @Inject(OFFLOAD) private readonly offload: OffloadMode,
    readonly clientConnections: ClientConnections,
    readonly linkConnectionLimit: LinkConnectionLimit,
    readonly uses: FileUses,
    readonly streams: RunningStreams,
    readonly forwarding: Forwarding,
  ) {}

  onApplicationBootstrap(): void {
    if (this.offload !== 'off') return
    this.clientConnections.divert((socket, adopt) => new QuickConnection(this, socket, adopt))
  }
}
