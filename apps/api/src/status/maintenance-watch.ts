import { Inject, Injectable } from '@nestjs/common'
import { LOG, type Log } from '@obb/core/log'
import { Maintenance } from '@obb/core/status-page'
import { Watch } from '../watch.js'

/** Between two looks, ms: so long it takes until an operator's change is seen at another gateway. */
const LOOK_MS = 2_000

/** Looks whether operators take new links. */
@Injectable()
export class MaintenanceWatch extends Watch {
  constructor(
    private readonly maintenance: Maintenance,
    @Inject(LOG) log: Log,
  ) {
    super(LOOK_MS, log, 'maintenance: not looked for')
  }

  /** A gateway that takes requests has looked. */
  override async onApplicationBootstrap(): Promise<void> {
    await this.look()
    await super.onApplicationBootstrap()
  }

  protected override lookOnce(): Promise<void> {
    return this.maintenance.look()
  }
}
