import { Get, Inject } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { type SettingsView, settingsSchema } from '@obb/contracts'
import { CONFIG, type Config, knowsSettingsOfAll, shownSettings } from '@obb/core/config'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'

/** What every process is set to, and where that is from; it is changed there. */
@AdminApi('settings')
export class SettingsController {
  constructor(@Inject(CONFIG) private readonly config: Partial<Config>) {}

  @Get()
  @ApiOperation({ summary: 'Every setting of every process, its source and default; secrets are not told' })
  @ApiAnswer(settingsSchema)
  show(): SettingsView {
    return { settings: shownSettings('operator', this.config), ofAll: knowsSettingsOfAll() }
  }
}
