import { describePortalTold } from './portal-told.js'

describePortalTold('embedded')
