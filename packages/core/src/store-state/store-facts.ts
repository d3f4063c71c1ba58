import { Inject, Injectable } from '@nestjs/common'
import { OBJECT_STORE, type ObjectStore } from '../storage/index.js'
import { Installation } from './installation.js'
import { StoreHealth, stateWord } from './store-health.js'

/** StoreFacts are what somebody who only reads from the store wants to know of it. */
export interface StoreFacts {
  /** In one word; `wrong` also where only the asker's own store is. Raises StoreError. */
  state(): Promise<ReturnType<typeof stateWord>>
  /** Whether the files of this installation lie in it: then what is not there is lost. Raises StoreError. */
  isOurs(): Promise<boolean>
}

/** The facts about the store of this process. */
@Injectable()
export class InstallationFacts implements StoreFacts {
  constructor(
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'head'>,
    private readonly health: StoreHealth,
    private readonly installation: Installation,
  ) {}

  async state(): Promise<ReturnType<typeof stateWord>> {
    return (await this.isOurs()) ? stateWord(await this.health.state()) : 'wrong'
  }

  async isOurs(): Promise<boolean> {
    return (await this.installation.liesIn(this.store)) !== 'no'
  }
}
