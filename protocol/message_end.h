// Ends the expansion of a message table: the short names must not leak into other files.
#undef REQUIRED
#undef OPTIONAL
#undef REQUIRED_AS
#undef OPTIONAL_AS
#undef FIELD
#undef PROTOCOL_TYPE
#undef VALUE
#undef PROTOCOL_ENUM
