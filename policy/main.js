// What Pulumi starts (`main` in package.json): index.ts, compiled as everywhere in this project. Its runner would have the TypeScript
// compiler check each file's types, which `npm test` does.

"use strict";

require("../compile.cjs");
module.exports = require("./index.ts");
