import { Module } from '@nestjs/common'
import { SetUp } from './set-up.js'

@Module({ providers: [SetUp], exports: [SetUp] })
export class SetUpModule {}
