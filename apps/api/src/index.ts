export { createApi } from './create-api.js'
export { AppModule } from './app.module.js'
export { documentText, gatewayDocument } from './docs/gateway-document.js'
