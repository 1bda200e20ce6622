/// What an argument of a typed handler may be.
public typealias EventArgument = Decodable & SendableMetatype

/// What a typed handler may answer.
public typealias EventAnswer = Encodable & SendableMetatype
