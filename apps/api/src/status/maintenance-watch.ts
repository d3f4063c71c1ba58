import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common'
import { LOG, type Log } from '@obb/core/log'
import { Maintenance } from '@obb/core/status-page'
import { Loop, logFault } from '../loop.js'

/** Between two looks, ms: so long it takes until an operator's change is seen at another gateway. */
const LOOK_MS = 2_000

/** Looks whether operators take new links, beside all requests. */
@Injectable()
export class MaintenanceWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop = new Loop(() => this.lookOnce(), LOOK_MS)

  constructor(
    private readonly maintenance: Maintenance,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** A gateway that takes requests has looked. */
  async onApplicationBootstrap(): Promise<void> {
    await this.loop.run()
    this.loop.start()
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop()
  }

  /** After what runs already, which may have looked before a change. */
  look(): Promise<void> {
    return this.loop.run()
  }

  private async lookOnce(): Promise<void> {
    try {
      await this.maintenance.look()
    } catch (error) {
      logFault(this.log, error, 'maintenance: not looked for')
    }
  }
}
