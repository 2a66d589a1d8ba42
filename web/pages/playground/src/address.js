// Where the API is: the server may be below a path, which the page names.
export const ROOT = document.querySelector('meta[name="root"]').content
export const ADDRESS = `${ROOT}/graphql`
