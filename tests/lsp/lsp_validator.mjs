// Validates messages of the Language Server Protocol against schemas made from the declarations in
// `vscode-languageserver-protocol`: the parameters of requests and notifications, and results.
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import { SchemaMaker } from '../dap/schema/from_typescript.mjs';

const require = createRequire(import.meta.url);
const kDeclarations = require
    .resolve('vscode-languageserver-protocol/package.json')
    .replace(/package\.json$/, 'lib/common/api.d.ts');

let shared;

export function lspValidator() {
    shared ??= new LspValidator();
    return shared;
}

class LspValidator {
    #maker = new SchemaMaker([kDeclarations], { isInteger: (hint) => /\bu?integer\b/.test(hint) });
    #ajv = new Ajv({ strict: false, allErrors: true });
    #types = new Map(); // method -> {kind, params, result}: types of the compiler
    #compiled = new Map();

    constructor() {
        const { checker } = this.#maker;
        for (const symbol of this.#maker.exportsOf(kDeclarations).values()) {
            const type = symbol.exports?.get('type');
            const method = symbol.exports?.get('method');
            if (!type?.valueDeclaration || !method?.valueDeclaration) continue;
            const of = checker.getTypeOfSymbolAtLocation(type, type.valueDeclaration);
            const name = checker.getTypeOfSymbolAtLocation(method, method.valueDeclaration).value;
            const args = checker.getTypeArguments(of);
            const kind = of.symbol.name; // ProtocolRequestType0, ProtocolNotificationType, …
            const isRequest = kind.includes('Request');
            const hasParams = !kind.endsWith('0');
            this.#types.set(name, {
                isRequest,
                params: hasParams ? args[0] : null,
                result: isRequest ? args[hasParams ? 1 : 0] : null,
            });
        }
    }

    #problem(method, part, value) {
        const known = this.#types.get(method);
        if (!known) return method.startsWith('refscope/') || method.startsWith('$/')
            ? null : `the protocol has no ${method}`;
        const type = known[part];
        if (!type) return value === undefined || value === null ? null : `${method} has no ${part}`;
        const key = `${part} ${method}`;
        if (!this.#compiled.has(key)) {
            const schema = this.#maker.schemaOf(type);
            this.#compiled.set(
                key,
                this.#ajv.compile({ ...schema, definitions: this.#maker.definitions }),
            );
        }
        const validate = this.#compiled.get(key);
        if (validate(value)) return null;
        return `${key}: ${this.#ajv.errorsText(validate.errors)}`;
    }

    // Nothing, or what is wrong. `method` is that of the request for a response.
    problemOf(message, method) {
        if (message.jsonrpc !== '2.0') return 'jsonrpc is not "2.0"';
        if ('method' in message) {
            const known = this.#types.get(message.method);
            if (known && known.isRequest !== 'id' in message) {
                return `${message.method}: ${known.isRequest ? 'needs an id' : 'must have no id'}`;
            }
            return this.#problem(message.method, 'params', message.params);
        }
        if ('error' in message) {
            if ('result' in message) return 'a response with both result and error';
            const { code, message: text } = message.error ?? {};
            return Number.isInteger(code) && typeof text === 'string' ? null : 'a malformed error';
        }
        if (!('result' in message)) return 'a response with neither result nor error';
        return method ? this.#problem(method, 'result', message.result) : null;
    }
}
