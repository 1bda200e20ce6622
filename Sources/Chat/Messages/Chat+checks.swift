import Accounts

extension Chat {
    /// A text has 1 to `textLength` scalars, not all of them white space.
    func check(text: String) throws(ChatError) {
        // A scalar has 4 bytes at most, and 1 at least: short texts need no counting.
        let bytes = text.utf8.count
        guard bytes <= limits.textLength * 4,
            bytes <= limits.textLength || text.unicodeScalars.count <= limits.textLength
        else { throw .invalid(.textTooLong(longest: limits.textLength)) }
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else { throw .invalid(.emptyText) }
    }

    /// What brings a file needs no text.
    func check(_ request: PostRequest) throws(ChatError) {
        if request.text.isEmpty, request.file != nil || !request.uploads.isEmpty { return }
        try check(text: request.text)
    }

    func check(clientID: String?) throws(ChatError) {
        guard let clientID else { return }
        guard (1...limits.clientIDBytes).contains(clientID.utf8.count) else {
            throw .invalid(.clientID(longest: limits.clientIDBytes))
        }
    }

    /// The reaction in canonical spelling: one emoji.
    func check(reaction: String) throws(ChatError) -> String {
        let refusal = ChatError.invalid(.reaction(longest: limits.reactionBytes))
        guard (1...limits.reactionBytes).contains(reaction.utf8.count) else { throw refusal }
        let text = Normalization.composed(reaction)
        guard text.utf8.count <= limits.reactionBytes, Emoji.isOne(text) else { throw refusal }
        return text
    }
}
