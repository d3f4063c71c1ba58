/** For whole journeys; what gateways themselves are tested with is in the other files of this folder. */
export { MailServer } from './mail-server.js'
export { OpenIdProvider } from './openid-provider.js'
export { WebhookReceiver } from './webhook-receiver.js'
