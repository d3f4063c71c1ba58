import { Module } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { CallersModule } from '../callers/callers.module.js'
import { FailureFilter } from './failure.filter.js'
import { KnownRoutes } from './known-routes.js'

/** The one writer of failures, of all routes and of the framework. */
@Module({
  imports: [CallersModule],
  providers: [KnownRoutes, FailureFilter, { provide: APP_FILTER, useExisting: FailureFilter }],
  exports: [KnownRoutes, FailureFilter],
})
export class FailuresModule {}
