//! The words that papers are sorted by.

crate::enumeration! {
    /// What sort of paper it is.
    DocumentKind {
        /// A complaint, an answer or the like.
        Pleading = "PLEADING",
        /// A request to the court, and what belongs to it.
        Motion = "MOTION",
        /// An argument for or against.
        Brief = "BRIEF",
        /// A decision of the court on the way.
        Order = "ORDER",
        /// The court's decision of the case.
        Judgment = "JUDGMENT",
        /// A notice of the court or of a party.
        Notice = "NOTICE",
        /// Questions and answers between the parties before trial.
        Discovery = "DISCOVERY",
        /// Something that proves.
        Exhibit = "EXHIBIT",
        /// What was said, word for word.
        Transcript = "TRANSCRIPT",
        /// An agreement.
        Contract = "CONTRACT",
        /// A letter.
        Letter = "LETTER",
        /// A report.
        Report = "REPORT",
        /// A bill on paper.
        Invoice = "INVOICE",
        /// Anything else.
        Other = "OTHER",
    }

    /// Where a paper comes from.
    DocumentOrigin {
        /// The firm wrote it.
        Firm = "FIRM",
        /// The court did.
        Court = "COURT",
        /// The client gave it.
        Client = "CLIENT",
        /// The other side did.
        Opposing = "OPPOSING",
        /// Somebody who is no party, such as a witness or a hospital.
        ThirdParty = "THIRD_PARTY",
        /// An expert wrote it.
        Expert = "EXPERT",
        /// A docket does not say; a person will.
        Unknown = "UNKNOWN",
    }

    /// How far a paper got.
    FilingStatus {
        /// Being written.
        Draft = "DRAFT",
        /// Written.
        Final = "FINAL",
        /// Signed.
        Signed = "SIGNED",
        /// Served on the other side.
        Served = "SERVED",
        /// Handed in, not yet taken.
        Submitted = "SUBMITTED",
        /// On the court's record.
        Filed = "FILED",
        /// Made by the court and entered on its record.
        Entered = "ENTERED",
        /// Turned down by the court.
        Rejected = "REJECTED",
        /// Taken back by who filed it.
        Withdrawn = "WITHDRAWN",
    }

    /// Whether the court closed a paper to the public.
    Sealing {
        /// It is open.
        None = "NONE",
        /// It is closed.
        Sealed = "SEALED",
        /// It is closed until a day.
        RestrictedUntil = "RESTRICTED_UNTIL",
    }

    /// Whether an order protects what a paper holds.
    ProtectiveOrder {
        /// None does.
        None = "NONE",
        /// It is confidential.
        Confidential = "CONFIDENTIAL",
        /// It is for attorneys alone, whoever their client is.
        AttorneysEyesOnly = "ATTORNEYS_EYES_ONLY",
    }

    /// What protects a paper from being demanded.
    Privilege {
        /// It was written between attorney and client.
        AttorneyClient = "ATTORNEY_CLIENT",
        /// It was written for the case.
        WorkProduct = "WORK_PRODUCT",
        /// It is shared with others of the same interest.
        CommonInterest = "COMMON_INTEREST",
    }
}
