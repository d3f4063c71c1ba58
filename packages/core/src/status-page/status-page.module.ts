import { Module } from '@nestjs/common'
import { StatusPage } from './status-page.js'

@Module({ providers: [StatusPage], exports: [StatusPage] })
export class StatusPageModule {}
