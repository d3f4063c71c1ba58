import { describePortalKeyboard } from './portal-keyboard.js'

describePortalKeyboard('production')
