// Monaco's workers as files of our own. As graphiql/setup-workers/vite, which also writes to the console.
import GraphQLWorker from 'monaco-graphql/esm/graphql.worker.js?worker'
import EditorWorker from 'monaco-editor/esm/vs/editor/editor.worker.js?worker'
import JsonWorker from 'monaco-editor/esm/vs/language/json/json.worker.js?worker'

const workers = { graphql: GraphQLWorker, json: JsonWorker }

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new (workers[label] ?? EditorWorker)(),
}
