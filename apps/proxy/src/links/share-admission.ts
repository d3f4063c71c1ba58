import type { IncomingMessage } from 'node:http'
import { Inject, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { within } from '@obb/core/deadline'
import type { Download, Downloads } from '@obb/core/links'
import { Forwarding } from '@obb/core/origin'
import { networkOf } from '@obb/core/process'
import { unavailable } from '../http/failures.js'
import { DOWNLOADS, TIMING, type Timing } from '../ports.js'

/** Counts who downloads by shares, before the first byte. */
@Injectable()
export class ShareAdmission {
  constructor(
    @Inject(DOWNLOADS) private readonly downloads: Downloads,
    @Inject(TIMING) private readonly timing: Timing,
    private readonly forwarding: Forwarding,
  ) {}

  /** Raises Refusal `share_ended` for a client that is one too many. */
  async assertAdmitted(download: Download, request: IncomingMessage): Promise<void> {
    if (!download.isShared) return
    const address = this.forwarding.read(request)?.address ?? request.socket.remoteAddress ?? ''
    const admission = this.downloads.admit(download, networkOf(address))
    const isAdmitted = await within(this.timing.lookup, admission, 'share admission').catch(unavailable)
    if (!isAdmitted) throw new Refusal('share_ended')
  }
}
