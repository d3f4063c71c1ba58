/** For whole journeys; what gateways themselves are tested with is in the other files of this folder. */
export { OpenIdProvider } from './openid-provider.js'
