// Turns TypeScript declarations into JSON schemas, through the compiler's own view of the types. The
// protocols' npm packages are the source, so that tests check messages against what clients are
// compiled with. Objects are closed by default: a misspelt optional field is an error too.
import ts from 'typescript';

export class SchemaMaker {
    constructor(files, { closed = true, isInteger = () => false } = {}) {
        this.program = ts.createProgram(files, {
            strict: true,
            target: ts.ScriptTarget.ES2022,
            module: ts.ModuleKind.NodeNext,
            moduleResolution: ts.ModuleResolutionKind.NodeNext,
            skipLibCheck: true,
            types: [],
        });
        this.checker = this.program.getTypeChecker();
        this.closed = closed;
        this.isInteger = isInteger;
        this.definitions = {};
        this.names = new Map();
    }

    // The symbols that a file (or a namespace in it) exports, by name.
    exportsOf(file, namespace) {
        const module = this.checker.getSymbolAtLocation(this.program.getSourceFile(file));
        let symbols = this.checker.getExportsOfModule(module);
        if (namespace) {
            const inner = symbols.find((symbol) => symbol.name === namespace);
            symbols = this.checker.getExportsOfModule(inner);
        }
        return new Map(symbols.map((symbol) => [symbol.name, this.resolve(symbol)]));
    }

    resolve(symbol) {
        return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
    }

    declaredType(symbol) {
        return this.checker.getDeclaredTypeOfSymbol(symbol);
    }

    schemaOf(type, hint = '') {
        const { checker } = this;
        const F = ts.TypeFlags;
        if (type.flags & (F.Any | F.Unknown)) return {};
        if (type.flags & F.Never) return { not: {} };
        if (type.flags & F.StringLiteral) return { const: type.value };
        if (type.flags & F.NumberLiteral) return { const: type.value };
        if (type.flags & F.BooleanLiteral) return { const: type.intrinsicName === 'true' };
        if (type.flags & (F.String | F.TemplateLiteral)) return { type: 'string' };
        if (type.flags & F.Number) return { type: this.isInteger(hint) ? 'integer' : 'number' };
        if (type.flags & F.Boolean) return { type: 'boolean' };
        if (type.flags & F.Null) return { type: 'null' };
        if (type.flags & F.Void) return { type: 'null' };
        if (type.flags & F.NonPrimitive) return { type: 'object' };
        if (type.isUnion()) return this.#union(type, hint);
        if (type.isIntersection() && type.types.some((part) => part.flags & F.StringLike)) {
            return { type: 'string' };
        }
        if (checker.isTupleType(type)) {
            const items = checker.getTypeArguments(type).map((one) => this.schemaOf(one, hint));
            return { type: 'array', prefixItems: undefined, items: items.length ? { anyOf: items } : {},
                minItems: items.length, maxItems: items.length };
        }
        if (checker.isArrayType(type)) {
            return { type: 'array', items: this.schemaOf(checker.getTypeArguments(type)[0], hint) };
        }
        if (type.flags & (F.Object | F.Intersection)) return this.#reference(type);
        throw new Error(`no schema for ${checker.typeToString(type)}`);
    }

    #union(type, hint) {
        const parts = type.types.filter((part) => !(part.flags & ts.TypeFlags.Undefined));
        const constants = [];
        const others = [];
        for (const part of parts) {
            const schema = this.schemaOf(part, hint);
            if ('const' in schema) constants.push(schema.const);
            else others.push(schema);
        }
        if (constants.length) others.push({ enum: constants });
        return others.length === 1 ? others[0] : { anyOf: others };
    }

    // Objects are named, for types contain themselves.
    #reference(type) {
        let name = this.names.get(type);
        if (!name) {
            name = `${type.aliasSymbol?.name ?? type.symbol?.name ?? 'object'}_${this.names.size}`;
            this.names.set(type, name);
            this.definitions[name] = {};
            Object.assign(this.definitions[name], this.#object(type));
        }
        return { $ref: `#/definitions/${name}` };
    }

    #object(type) {
        const { checker } = this;
        const properties = {};
        const required = [];
        for (const property of checker.getPropertiesOfType(type)) {
            const declaration = property.valueDeclaration ?? property.declarations?.[0];
            const of = declaration
                ? checker.getTypeOfSymbolAtLocation(property, declaration)
                : checker.getTypeOfSymbol(property);
            if (of.getCallSignatures().length) continue;
            const written = declaration?.type?.getText?.() ?? '';
            properties[property.name] = this.schemaOf(of, `${property.name}: ${written}`);
            if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
        }
        const index = checker.getIndexInfosOfType(type)[0];
        const schema = { type: 'object', properties, required };
        if (index) schema.additionalProperties = this.schemaOf(index.type);
        else if (this.closed && Object.keys(properties).length) schema.additionalProperties = false;
        return schema;
    }
}
