export { createApi } from './create-api.js'
export { AppModule } from './app.module.js'
export { listenForAdmin } from './http/admin-connections.js'
export { documentText, gatewayDocument } from './docs/gateway-document.js'
