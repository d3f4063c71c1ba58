export { startFetcher } from './app.js'
export { AppModule } from './app.module.js'
