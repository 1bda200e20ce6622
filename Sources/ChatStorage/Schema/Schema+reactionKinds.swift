extension Schema {
    /// - `reaction_kinds`: the kinds of reactions to a message in the order in which the first of each was given, with how
    ///   many gave it; `last_place` is a place in `reactions` that no later one lies before. So neither a reaction nor a
    ///   page of history costs more where more gave one.
    /// - `reactions`: loses the text, which its kind has.
    static let reactionKinds: StaticString = """
        CREATE TABLE reaction_kinds (
            room INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            reaction TEXT NOT NULL,
            count INTEGER NOT NULL,
            last_place INTEGER NOT NULL,
            PRIMARY KEY (room, sequence, kind),
            FOREIGN KEY (room, sequence) REFERENCES messages (room, sequence) ON DELETE CASCADE
        ) WITHOUT ROWID;
        INSERT INTO reaction_kinds
            SELECT room, sequence, kind, min(reaction), count(*), max(place) FROM reactions GROUP BY room, sequence, kind;
        ALTER TABLE reactions DROP COLUMN reaction;
        CREATE UNIQUE INDEX reactions_by_user ON reactions (room, sequence, kind, user);
        PRAGMA user_version = 4;
        """
}
