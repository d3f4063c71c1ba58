import { describePortalDisk } from './portal-disk.js'

describePortalDisk('embedded')
