import { Inject, Injectable } from '@nestjs/common'
import { OBJECT_STORE, type ObjectStore } from '../storage/index.js'
import { Installation } from './installation.js'
import { StoreHealth, type StoreState } from './store-health.js'

/** StoreFacts are what somebody who only reads from the store wants to know of it. */
export interface StoreFacts {
  /** What is known of it; `wrong` also where only the asker's own store is. Raises StoreError. */
  state(): Promise<StoreState>
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

  async state(): Promise<StoreState> {
    const [isOurs, state] = await Promise.all([this.isOurs(), this.health.state()])
    return isOurs ? state : { ...state, trouble: 'wrong' }
  }

  async isOurs(): Promise<boolean> {
    return (await this.installation.liesIn(this.store)) !== 'no'
  }
}
