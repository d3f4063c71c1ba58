export { createApi } from './app.js'
export { AppModule } from './app.module.js'
export { documentText, gatewayDocument } from './openapi/gateway-document.js'
