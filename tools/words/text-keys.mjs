import ts from 'typescript';

/**
 * @typedef {object} Entry
 * @property {string} key such as `queue.states.done`
 * @property {string} text source of the sentence, a function's body included
 */

/**
 * The sentences of a language: the leaves of the one exported object of each source, in order. An entry whose value is
 * the exported object of another source is that object.
 * @param {ReadonlyMap<string, string>} sources text of each file of the language by its name
 * @param {string} root name of the exported object that holds everything
 * @returns {Entry[]}
 */
export function textEntries(sources, root) {
  /** @type {Map<string, ts.ObjectLiteralExpression>} */
  const objects = new Map();
  for (const [name, source] of sources) {
    const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
    for (const statement of file.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const { name: variable, initializer } of statement.declarationList.declarations) {
        const value = initializer === undefined ? undefined : plain(initializer);
        if (value !== undefined && ts.isObjectLiteralExpression(value)) objects.set(variable.getText(), value);
      }
    }
  }
  const top = objects.get(root);
  return top === undefined ? [] : leaves(top, '', objects);
}

/**
 * @param {ts.ObjectLiteralExpression} object
 * @param {string} prefix
 * @param {ReadonlyMap<string, ts.ObjectLiteralExpression>} objects
 * @returns {Entry[]}
 */
function leaves(object, prefix, objects) {
  return object.properties.flatMap((property) => {
    if (!ts.isPropertyAssignment(property)) return [];
    const name = ts.isStringLiteral(property.name) ? property.name.text : property.name.getText();
    const key = `${prefix}${name}`;
    const value = plain(property.initializer);
    const inner = ts.isIdentifier(value) ? objects.get(value.text) : value;
    if (inner !== undefined && ts.isObjectLiteralExpression(inner)) return leaves(inner, `${key}.`, objects);
    return [{ key, text: value.getText() }];
  });
}

/** @param {ts.Expression} expression @returns {ts.Expression} without `as` and `satisfies` */
function plain(expression) {
  const isWrapped = ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression);
  return isWrapped ? plain(expression.expression) : expression;
}
