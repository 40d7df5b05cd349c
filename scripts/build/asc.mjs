// The AssemblyScript compiler without its types, which declare globals of their own for the whole program.
export { default } from 'assemblyscript/asc';
