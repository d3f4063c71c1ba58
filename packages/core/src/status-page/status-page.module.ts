import { Module } from '@nestjs/common'
import { Maintenance } from './maintenance.js'
import { StatusPage } from './status-page.js'

@Module({ providers: [Maintenance, StatusPage], exports: [Maintenance, StatusPage] })
export class StatusPageModule {}
