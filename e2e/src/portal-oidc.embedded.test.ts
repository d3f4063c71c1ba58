import { describePortalOidc } from './portal-oidc.js'

describePortalOidc('embedded')
