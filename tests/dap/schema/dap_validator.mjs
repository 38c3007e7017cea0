// Validates each message of the Debug Adapter Protocol against the schema made from the declarations
// in `@vscode/debugprotocol`.
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import { SchemaMaker } from './from_typescript.mjs';

const require = createRequire(import.meta.url);
const kDeclarations = require
    .resolve('@vscode/debugprotocol/package.json')
    .replace(/package\.json$/, 'lib/debugProtocol.d.ts');

// The declarations say `number` throughout; the specification has one field that is not an integer.
const isInteger = (hint) => !hint.startsWith('percentage:');

// Launch and attach carry what the adapter defines; the declarations leave them open in words only.
const kOpenRequests = new Set(['launch', 'attach']);

let shared;

export function dapValidator() {
    shared ??= makeValidator();
    return shared;
}

function makeValidator() {
    const maker = new SchemaMaker([kDeclarations], { isInteger });
    const symbols = maker.exportsOf(kDeclarations, 'DebugProtocol');
    const ajv = new Ajv({ strict: false, allErrors: true });
    const messages = new Map();
    for (const [name, symbol] of symbols) {
        if (/(Request|Response|Event)$/.test(name)) {
            messages.set(name, maker.schemaOf(maker.declaredType(symbol)));
        }
    }
    const compiled = new Map();
    const find = (name) => {
        if (!messages.has(name)) return null;
        if (!compiled.has(name)) {
            compiled.set(
                name,
                ajv.compile({ ...messages.get(name), definitions: maker.definitions }),
            );
        }
        return compiled.get(name);
    };
    const capital = (word) => word[0].toUpperCase() + word.slice(1);

    // Nothing, or what is wrong with the message.
    return function problemOf(message) {
        let name;
        if (message.type === 'request') {
            if (kOpenRequests.has(message.command)) name = 'Request';
            else name = `${capital(message.command)}Request`;
            if (message.command.startsWith('refscope/')) name = 'Request';
        } else if (message.type === 'response') {
            if (!message.success) name = 'ErrorResponse';
            else if (message.command.startsWith('refscope/')) name = 'Response';
            else name = `${capital(message.command)}Response`;
        } else if (message.type === 'event') {
            name = message.event.startsWith('refscope/') ? 'Event' : `${capital(message.event)}Event`;
        } else {
            return `type is ${JSON.stringify(message.type)}`;
        }
        const validate = find(name);
        if (!validate) return `the protocol has no ${name}`;
        if (validate(message)) return null;
        return `not a valid ${name}: ${ajv.errorsText(validate.errors)}`;
    };
}
