/// Which Parley this is.
public enum ParleyVersion {
    /// Semantic versioning; the newest heading of CHANGELOG.md that has a number, or the one to come.
    public static let current = "0.1.0"
}
