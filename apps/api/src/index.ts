export { createApi } from './app.js'
export { AppModule } from './app.module.js'
export { openApiDocument } from './openapi/document.js'
