import { Injectable } from '@nestjs/common'
import { Documents } from '@obb/core/documents'
import { Fetches } from '@obb/core/fetches'
import { Folders } from '@obb/core/folders'
import { Links } from '@obb/core/links'
import { AccountTrials } from '@obb/core/pool'
import { StoreSweeps } from '@obb/core/store-state'
import { OrphanedUploads } from './orphaned-uploads.js'
import { Retention } from './retention.js'
import type { SweepStep } from './sweep-step.js'

/** Expiry ends what has had its time. */
@Injectable()
export class Expiry {
  /** In order; each may fail by itself. */
  readonly steps: readonly SweepStep[]

  constructor(
    links: Links,
    fetches: Fetches,
    trials: AccountTrials,
    retention: Retention,
    folders: Folders,
    documents: Documents,
    sweeps: StoreSweeps,
    uploads: OrphanedUploads,
  ) {
    this.steps = [
      ['expired links', () => links.expire()],
      ['links of removed users', () => fetches.endRemoved()],
      ['account trials', () => trials.forgetOld()],
      ['unwanted files', () => fetches.abandonUnwanted()],
      ['unused files', () => retention.forgetFiles()],
      ['folders', () => folders.forgetOld()],
      ['documents', () => documents.forgetOld()],
      ['sweeps of the store', () => sweeps.begin()],
      ['orphaned uploads', () => uploads.remove()],
    ]
  }
}
